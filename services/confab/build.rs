//! Rebuilds the binary when the web client was built, also for the first time.

fn main() {
    println!("cargo::rerun-if-changed=../web/dist");
}
