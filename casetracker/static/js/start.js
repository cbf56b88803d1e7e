// Starts the Design System's components; every page works without it.
import { initAll } from "../vendor/govuk-frontend.min.js";

initAll();
