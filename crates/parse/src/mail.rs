//! Mail and news messages with a header (RFC 5322).

use newsmill_article::{Article, Limits, Record, Reject};

use crate::{Confidence, Syntax};

/// A mail or news message.
#[derive(Clone, Copy, Debug)]
pub struct Mail;

impl Syntax for Mail {
    fn name(&self) -> &'static str {
        "mail"
    }

    fn fits(&self, _record: &Record) -> Confidence {
        Confidence::No
    }

    fn parse(&self, record: Record, limits: &Limits) -> Result<Article, Reject> {
        crate::Post.parse(record, limits)
    }
}
