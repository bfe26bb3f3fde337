/** Networks that learn side by side, and where every change of every weight comes from. */

import "./race-bring.js";
import "./race-charts.js";
import "./race-draw.js";
import "./race-exits.js";
import "./race-lead.js";
import "./race-learnt.js";
import "./race-mistakes.js";
import "./race-nets.js";
import "./race-setup.js";
import "./race-own.js";
import "./race-steps.js";
import "./trained-charts.js";
import "./trained-exits.js";
import "./trained-kernel.js";
import "./trained-lead.js";
import "./trained-learnt.js";
import "./trained-recipe.js";
import "./trained-steps.js";
import "./weight-gradient.js";

export { raceKeys } from "./race-keys.js";
export { trainedKeys } from "./trained-keys.js";
