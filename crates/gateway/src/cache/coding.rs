//! Compressed forms of an answer, made once for as long as it is kept (RFC 9110, section 8.4).

use actix_web::HttpRequest;
use actix_web::http::header::{AcceptEncoding, Encoding, Header};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{self, Write};
use std::sync::OnceLock;

/// A way to compress an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// RFC 7932.
    Brotli,
    /// RFC 1952.
    Gzip,
}

/// Below so many bytes an answer is not compressed: it fits into one packet.
const LEAST: usize = 1_024;

impl Coding {
    /// Every coding.
    pub const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// The coding as `Content-Encoding` names it.
    #[must_use]
    pub const fn token(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// The coding that the request likes best; `None` when it wants none.
    #[must_use]
    pub fn preferred(request: &HttpRequest) -> Option<Self> {
        let supported = [Encoding::brotli(), Encoding::gzip(), Encoding::identity()];
        let chosen = AcceptEncoding::parse(request).ok()?.negotiate(supported.iter())?;
        if chosen == Encoding::brotli() {
            Some(Self::Brotli)
        } else if chosen == Encoding::gzip() {
            Some(Self::Gzip)
        } else {
            None
        }
    }

    /// The bytes in this coding. The levels are those that make most of a text small in little time.
    fn encode(self, body: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::Brotli => {
                let parameters = brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() };
                let mut encoded = Vec::with_capacity(body.len() / 4);
                brotli::BrotliCompress(&mut &*body, &mut encoded, &parameters)?;
                Ok(encoded)
            }
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::new(6));
                encoder.write_all(body)?;
                encoder.finish()
            }
        }
    }
}

/// The compressed forms of one answer, each made when it is first wanted. Together they take no more room than the answer.
#[derive(Debug, Default)]
pub(super) struct Coded {
    brotli: OnceLock<Option<Bytes>>,
    gzip: OnceLock<Option<Bytes>>,
}

impl Coded {
    /// Whether a body is worth it.
    pub(super) const fn is_for(body: &Bytes) -> bool {
        body.len() >= LEAST
    }

    const fn form(&self, coding: Coding) -> &OnceLock<Option<Bytes>> {
        match coding {
            Coding::Brotli => &self.brotli,
            Coding::Gzip => &self.gzip,
        }
    }

    /// The form, if it has been made and is worth sending.
    pub(super) fn ready(&self, coding: Coding) -> Option<&Bytes> {
        self.form(coding).get()?.as_ref()
    }

    /// Whether nobody has tried to make the form.
    pub(super) fn is_missing(&self, coding: Coding) -> bool {
        self.form(coding).get().is_none()
    }

    /// Makes the form. One that saves less than half is not kept.
    pub(super) fn prepare(&self, coding: Coding, body: &Bytes) {
        self.form(coding).get_or_init(|| {
            let encoded = coding.encode(body).ok()?;
            (encoded.len() <= body.len() / 2).then(|| encoded.into())
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::ACCEPT_ENCODING;
    use actix_web::test::TestRequest;
    use std::io::Read;

    #[test]
    fn the_request_chooses() {
        let preferred = |accepted: &str| {
            let request = TestRequest::get().insert_header((ACCEPT_ENCODING, accepted)).to_http_request();
            Coding::preferred(&request)
        };
        assert_eq!(preferred("gzip, deflate, br, zstd"), Some(Coding::Brotli));
        assert_eq!(preferred("gzip"), Some(Coding::Gzip));
        assert_eq!(preferred("br;q=0.1, gzip;q=0.9"), Some(Coding::Gzip));
        assert_eq!(preferred("br;q=0, gzip;q=0"), None);
        assert_eq!(preferred("identity"), None);
        assert_eq!(preferred("deflate"), None);
        assert_eq!(preferred("nonsense;;q"), None);
        assert_eq!(Coding::preferred(&TestRequest::get().to_http_request()), None);
    }

    #[test]
    fn what_is_compressed_comes_out_the_same() {
        let text = "A sentence that comes again. ".repeat(500);
        let body = Bytes::from(text.clone());
        let coded = Coded::default();
        for coding in Coding::ALL {
            assert!(coded.is_missing(coding) && coded.ready(coding).is_none());
            coded.prepare(coding, &body);
            let form = coded.ready(coding).expect("made");
            assert!(form.len() < body.len() / 10);
            let mut out = String::new();
            match coding {
                Coding::Gzip => flate2::read::GzDecoder::new(&form[..]).read_to_string(&mut out),
                Coding::Brotli => brotli::Decompressor::new(&form[..], 4_096).read_to_string(&mut out),
            }
            .expect("decoded");
            assert_eq!(out, text);
        }
    }

    #[test]
    fn what_cannot_be_made_smaller_is_not_kept() {
        let mut state = 1_u64;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        })
        .take(4_096)
        .collect();
        let coded = Coded::default();
        coded.prepare(Coding::Gzip, &noise.into());
        assert!(coded.ready(Coding::Gzip).is_none() && !coded.is_missing(Coding::Gzip));
    }
}
