// How the client is built, served while developing, and tested.
// The built files are embedded in the `confab` binary and served from its root.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { emojiData } from "./emoji-data.ts";

const server = process.env["CONFAB_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), emojiData()],
  // The style sheets use light-dark(), which is left as it is.
  build: { target: "es2022", cssTarget: ["chrome123", "firefox120", "safari17.5"], chunkSizeWarningLimit: 700 },
  server: {
    proxy: {
      "/api": server,
      "/socket.io": { target: server, ws: true },
    },
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    // Only a net: what is waited for is seen, and a busy machine is slow.
    testTimeout: 60_000,
    setupFiles: ["src/testing/setup.ts"],
    css: { modules: { classNameStrategy: "non-scoped" } },
  },
});
