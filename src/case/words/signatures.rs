//! Signatures in words: who has signed, who is missing, and why somebody may not sign.

use super::Describer;
use crate::case::answer::{
    DropCause, DroppedSignature, Signature, SignatureStatus, SigningRefusal,
};

impl Describer<'_> {
    pub(super) fn signing(&mut self, signing: &SignatureStatus, indent: usize) {
        let way = self.way(&signing.transition);
        self.line(indent, &way);
        self.signed(signing, indent + 1);
    }

    /// Who has signed and who is missing, without the transition, for where that is told already.
    pub(super) fn signed(&mut self, signing: &SignatureStatus, indent: usize) {
        let words = self.words;
        let SignatureStatus { transition: _, signed, missing, dropped } = signing;
        let status = if missing.is_empty() {
            format!("{} {}", words.signed_by, self.signatures(signed))
        } else {
            self.standing(signed, missing)
        };
        self.line(indent, &status);
        for DroppedSignature { signature, cause } in dropped {
            let why = match cause {
                DropCause::Revoked => words.revoked.to_owned(),
                DropCause::Payload => words.other_payload.to_owned(),
                DropCause::Left => words.state_left.to_owned(),
                DropCause::Changed { facts } => {
                    let facts: Vec<String> = facts.iter().map(|name| self.fact(name)).collect();
                    format!("{} {}", words.changed_since, facts.join(", "))
                }
            };
            let who = self.signature(signature);
            self.line(indent, &format!("{} {who} ({why})", words.unsigned));
        }
    }

    pub(super) fn signature_ground(
        &mut self,
        refusal: SigningRefusal,
        actor: Option<&str>,
        signed: &[Signature],
        missing: &[Vec<String>],
        indent: usize,
    ) {
        let words = self.words;
        let actor = actor.unwrap_or(words.nobody);
        let text = match refusal {
            SigningRefusal::Nobody => words.sign_nobody.to_owned(),
            SigningRefusal::Twice => format!("{} {actor}", words.sign_twice),
            SigningRefusal::NotSigned => format!("{} {actor}", words.sign_not),
            SigningRefusal::Role => format!("{} {}", words.sign_role, self.missing(missing)),
        };
        self.line(indent, &format!("✗ {text}"));
        if !signed.is_empty() || refusal != SigningRefusal::Role {
            let standing = self.standing(signed, missing);
            self.line(indent + 1, &standing);
        }
    }

    /// `has signed: …; missing: …`.
    fn standing(&self, signed: &[Signature], missing: &[Vec<String>]) -> String {
        let words = self.words;
        let missing = format!("{} {}", words.still_missing, self.missing(missing));
        if signed.is_empty() {
            return missing;
        }
        format!("{} {}; {missing}", words.has_signed, self.signatures(signed))
    }

    fn signatures(&self, signed: &[Signature]) -> String {
        signed.iter().map(|one| self.signature(one)).collect::<Vec<_>>().join(", ")
    }

    /// The role first, since that is what is asked for, then who it was.
    fn signature(&self, signature: &Signature) -> String {
        let Signature { actor, unit, role, .. } = signature;
        let unit = unit.as_ref().map(|unit| format!(", {unit}")).unwrap_or_default();
        format!("{} ({actor}{unit})", self.role(role))
    }

    fn missing(&self, missing: &[Vec<String>]) -> String {
        let any = |roles: &Vec<String>| {
            roles.iter().map(|role| self.role(role)).collect::<Vec<_>>().join(" / ")
        };
        missing.iter().map(any).collect::<Vec<_>>().join(", ")
    }
}
