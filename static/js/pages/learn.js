/** The page of the course. */

import { course } from "../features/learn/index.js";
import "../features/shell/index.js";
import { createSubject } from "../state/subject.js";
import { give } from "../widgets/base-element.js";
import { takeLessonFiles } from "./lessons.js";

// It shows no network; the way to the other pages goes without a photo.
give(document.body, createSubject());
void course();
takeLessonFiles();
