/** What stands around every page: the way to the others, the theme, the link, what is under way. */

import "./keys-button.js";
import "./page-tabs.js";
import "./screen.js";
import "./status-line.js";
import "./theme-toggle.js";
