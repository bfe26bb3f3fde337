/** The Training lab: the address is opened, keys and server are connected. It has no photo: its elements share a race. */

import { raceKeys } from "../features/train/index.js";
import "../features/shell/index.js";
import { followRaceAddress, openAddress } from "../state/race-address.js";
import { followRace } from "../state/race-look.js";
import { createSubject } from "../state/subject.js";
import { give } from "../widgets/base-element.js";
import { onKeys } from "../widgets/keys.js";
import { racePage } from "./lessons-race.js";
import { offerLessons } from "./lessons.js";

give(document.body, createSubject({ traced: false }));
onKeys(raceKeys);
followRace();
void openAddress(location.search).then(followRaceAddress);
// Before the address is written anew: it may name the photo that one came with.
offerLessons(racePage());
