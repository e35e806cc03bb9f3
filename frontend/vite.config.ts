import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const api = process.env.INTERLOCK_DEV_API ?? "http://127.0.0.1:8000";

/** Built files are served by Django under /static/app/; the page itself is a Django template that reads manifest.json. */
export default defineConfig(({ command }) => ({
  base: command === "build" ? "/static/app/" : "/",
  plugins: [react()],
  resolve: { alias: { "~": new URL("./src", import.meta.url).pathname } },
  build: {
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssTarget: ["chrome123", "firefox121", "safari17.5"],
    rollupOptions: { input: "src/main.tsx" },
  },
  server: {
    port: 5173,
    proxy: {
      "/api": api,
      "/admin": api,
      "/oauth": api,
      "/static/admin": api,
      "/ws": { target: api, ws: true },
    },
  },
}));
