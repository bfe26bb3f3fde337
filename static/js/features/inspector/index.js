/** One value: where it is, what it sees, and the arithmetic that made it. */

import "./bottom-sheet.js";
import "./layer-inspector.js";
