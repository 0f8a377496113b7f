// Lint rules. The import rule keeps the arrows lib -> features -> app, and one feature out of another.
import js from "@eslint/js";
import { readdirSync } from "node:fs";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

const features = readdirSync(new URL("./src/features", import.meta.url));

function refuse(...patterns) {
  return { "no-restricted-imports": ["error", { patterns }] };
}

const notTheApp = { group: ["**/app/**"], message: "Only main.tsx and the app itself import from app." };
const notAFeature = { group: ["**/features/**"], message: "lib knows no feature." };

/** Words that people read stand in src/lib/texts, and nowhere else. */
const message = "Texts belong into src/lib/texts.";
const READ = "/^(aria-label|aria-description|alt|title|placeholder|label|text|hint|description)$/";
const wordsOutsideOfTexts = [
  { selector: "JSXText[value=/[A-Za-z…“”]/]", message },
  { selector: `JSXAttribute[name.name=${READ}] > Literal[value=/[A-Za-z]/]`, message },
  { selector: `JSXAttribute[name.name=${READ}] TemplateElement[value.raw=/[A-Za-z]/]`, message },
  { selector: "JSXExpressionContainer > Literal[value=/[A-Za-z]{2}/]", message },
  // The language may change: what is read once, when the module is loaded, would stay in the first one.
  { selector: "Program > VariableDeclaration > VariableDeclarator > :matches(ObjectExpression, ArrayExpression, MemberExpression, CallExpression) MemberExpression[object.name='texts']:not(:function *)", message: "Read texts where they are shown, not once for all." },
];

export default tseslint.config(
  { ignores: ["dist", "node_modules"] },
  js.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}", "emoji-data.ts", "vite.config.ts"],
    extends: [tseslint.configs.strictTypeChecked, reactHooks.configs.flat.recommended, jsxA11y.flatConfigs.strict],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "max-lines": ["error", 400],
      "no-console": "error",
      "no-restricted-syntax": ["error", ...wordsOutsideOfTexts],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  { files: ["src/lib/**"], rules: refuse(notTheApp, notAFeature) },
  ...features.map((feature) => ({
    files: [`src/features/${feature}/**`],
    rules: refuse(
      notTheApp,
      ...features
        .filter((other) => other !== feature)
        .map((other) => ({
          group: [`**/${other}/**`],
          message: `The feature ${feature} must not import the feature ${other}; share through lib or join them in app.`,
        })),
    ),
  })),
  { files: ["**/*.js", "**/*.mjs"], languageOptions: { globals: globals.node } },
  // What a browser test hands to the page runs there.
  { files: ["e2e/*.mjs", "public/*.js"], languageOptions: { globals: globals.browser } },
);
