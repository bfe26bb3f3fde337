/** What stands around every page: the way to the others, the theme, the link, what is under way. */

import { late } from "../../api/client.js";
import "./keys-button.js";
import "./page-tabs.js";
import "./status-line.js";
import "./theme-toggle.js";

// Sizes and paper are wanted after the first picture.
addEventListener("load", () => void late(() => import("./screen.js")));
