// Signing in and up.
export const sign = {
  "sign-in": {
    title: "Welcome back",
    text: "Sign in to go on talking.",
    action: "Sign in",
    other: { text: "New here?", link: "Create an account" },
  },
  "sign-up": {
    title: "Create your account",
    text: "Pick a name your team will recognise.",
    action: "Create account",
    other: { text: "Have an account already?", link: "Sign in" },
  },
  username: "Username",
  displayName: "Display name",
  displayNameHint: "How others see you. You may leave it empty.",
  password: "Password",
  passwordHint: "At least 12 characters.",
  showPassword: "Show password",
  hidePassword: "Hide password",
};
