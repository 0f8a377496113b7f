//! The people of the demo: always the same ones, under ids of their own, so that another run knows them again.

use confab_proto::UserId;
use uuid::Uuid;

/// Names all ids of the demo.
const NAMESPACE: Uuid = Uuid::from_u128(0x5b0c_93f4_1d6e_4c39_9a52_c0fa_b000_0002);

/// An id that every run gives to the same thing.
pub(super) fn fixed_id(what: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, what.as_bytes())
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) id: UserId,
    pub(super) username: String,
    pub(super) display_name: String,
}

impl Person {
    pub(super) fn first_name(&self) -> &str {
        self.display_name.split(' ').next().unwrap_or(&self.display_name)
    }
}

/// `ada.okafor`
fn username(display_name: &str) -> String {
    let plain = display_name.chars().filter(|c| c.is_ascii_alphabetic() || *c == ' ');
    plain.map(|c| if c == ' ' { '.' } else { c.to_ascii_lowercase() }).collect()
}

const NAMES: [&str; 24] = [
    "Ada Okafor",
    "Ben Lindqvist",
    "Carmen Ruiz",
    "Dmitri Volkov",
    "Esi Mensah",
    "Finn O'Leary",
    "Grace Tanaka",
    "Hassan Farouk",
    "Ingrid Solheim",
    "Jonas Weber",
    "Kavya Iyer",
    "Luca Romano",
    "Mei Chen",
    "Noah Adeyemi",
    "Olga Petrova",
    "Pedro Alves",
    "Quynh Tran",
    "Rosa Delgado",
    "Sam Whitfield",
    "Tala Reyes",
    "Uma Kapoor",
    "Viktor Novak",
    "Wanjiru Kamau",
    "Yara Haddad",
];

/// The first `count` of them.
pub(super) fn people(count: usize) -> Vec<Person> {
    let person = |name: &&str| Person {
        id: UserId::from_uuid(fixed_id(&format!("person:{name}"))),
        username: username(name),
        display_name: (*name).to_owned(),
    };
    NAMES.iter().take(count).map(person).collect()
}

/// As many as there can be.
pub(super) fn everybody() -> Vec<Person> {
    people(NAMES.len())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use confab_domain::text::{DisplayName, Username};

    use super::*;

    #[test]
    fn everybody_has_names_that_the_rules_allow() {
        let all = everybody();
        for person in &all {
            assert_eq!(Username::parse(&person.username).unwrap().as_str(), person.username);
            DisplayName::parse(&person.display_name).unwrap();
        }
        assert_eq!(all[5].username, "finn.oleary");
        assert_eq!(people(4), all[..4]);
    }
}
