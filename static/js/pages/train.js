/** The Training lab: elements are made known, the address is opened, keys and server are connected. */

import { raceKey } from "../features/train/index.js";
import { copying } from "../features/shell/index.js";
import { followRaceAddress, openAddress } from "../state/race-address.js";
import { followRace } from "../state/race.js";

addEventListener("keydown", raceKey);
followRace();
void openAddress(location.search).then(followRaceAddress);
void copying();
