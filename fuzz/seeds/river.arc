filedesc://river.arc 0.0.0.0 20040105100000 text/plain 76
1 0 Example
URL IP-address Archive-date Content-type Archive-length








https://example.org/river 10.0.0.1 20040105100000 text/html 113
HTTP/1.1 200 OK
Content-Type: text/html

<title>A river rose</title><p>The river rose by two metres on Monday.</p>

