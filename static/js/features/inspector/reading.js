/** What of the inspector is read, not glanced at, in one piece: it comes after the first picture. */

export { InspectorAnswer } from "./answer-field.js";
export { InspectorFacts } from "./facts.js";
export { InspectorList } from "./list.js";
export { PoolLoss } from "./pool-loss.js";
export { InspectorSave } from "./save.js";
export { InspectorTrail } from "./trail.js";
export { InspectorWorking } from "./working.js";
