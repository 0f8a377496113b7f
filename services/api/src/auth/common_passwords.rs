//! Passwords that everybody tries first, as far as they are long enough for the default rule.
//!
//! Compared in lower case. Shorter settings of `auth.password_min_chars` make the short ones matter too.

/// Well-known ones, in lower case.
const COMMON: &[&str] = &[
    "password",
    "passw0rd",
    "password1",
    "password12",
    "password123",
    "password1234",
    "password12345",
    "password123456",
    "passwordpassword",
    "p@ssw0rd",
    "p@ssword1234",
    "passw0rd1234",
    "mypassword123",
    "changeme",
    "changeme123",
    "changeme1234",
    "letmein",
    "letmein12345",
    "letmein123456",
    "welcome",
    "welcome123",
    "welcome12345",
    "welcome123456",
    "qwerty",
    "qwertyuiop",
    "qwerty123456",
    "qwertyuiop123",
    "qwertyuiop[]",
    "qwertyqwerty",
    "qwerty1234567",
    "1qaz2wsx3edc",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc4rfv",
    "zaq12wsxcde3",
    "asdfghjkl123",
    "asdfghjkl;'",
    "asdfasdfasdf",
    "zxcvbnm12345",
    "iloveyou",
    "iloveyou1234",
    "iloveyou12345",
    "iloveyouiloveyou",
    "ilovemyfamily",
    "administrator",
    "administrator1",
    "adminadmin12",
    "adminadminadmin",
    "admin123456789",
    "rootrootroot",
    "trustno1trustno1",
    "footballfootball",
    "baseball1234",
    "football1234",
    "superman1234",
    "batmanbatman",
    "dragondragon",
    "monkeymonkey",
    "princess1234",
    "sunshine1234",
    "starwars1234",
    "whatever1234",
    "michaeljordan",
    "unbelievable",
    "abcdefghijkl",
    "abcdefghijklm",
    "abcdefghijklmnop",
    "abc123abc123",
    "abcd1234abcd",
    "a1b2c3d4e5f6",
    "aaaaaabbbbbb",
    "123456789abc",
    "123qweasdzxc",
    "q1w2e3r4t5y6",
    "correcthorsebatterystaple",
    "correct horse battery staple",
];

/// Whether this is one of the first guesses: on the list, one character repeated, a short piece repeated, or digits that
/// count up or down.
pub(crate) fn is_common(password: &str) -> bool {
    let password = password.to_lowercase();
    COMMON.contains(&password.as_str()) || repeats_a_piece(&password) || counts(&password)
}

/// One to four characters over and over.
fn repeats_a_piece(password: &str) -> bool {
    let chars: Vec<char> = password.chars().collect();
    (1..=4).any(|n| chars.len() > n * 2 && chars.iter().zip(chars.iter().skip(n)).all(|(a, b)| a == b))
}

fn counts(password: &str) -> bool {
    let digits: Option<Vec<u32>> = password.chars().map(|c| c.to_digit(10)).collect();
    let Some(digits) = digits else { return false };
    let steps = |up: u32| digits.windows(2).all(|pair| (pair[0] + up) % 10 == pair[1]);
    digits.len() > 2 && (steps(1) || steps(9))
}

#[cfg(test)]
mod tests {
    use super::is_common;

    #[test]
    fn first_guesses_are_found() {
        for bad in ["Password1234", "aaaaaaaaaaaa", "abcabcabcabc", "123456789012", "098765432109", "1Q2W3E4R5T6Y"] {
            assert!(is_common(bad), "{bad}");
        }
        for good in ["tulips over Lisbon", "vK3#mQz81LpW", "eight-green-foxes"] {
            assert!(!is_common(good), "{good}");
        }
    }
}
