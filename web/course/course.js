// What makes a page of the course live. The page is whole without it: text, formulas, a still picture, answers in details.

import { make, say } from './words.js';
import { QUANTITIES, gammas, layersOf, number, shown } from './quantities.js';
import { forgetProgress, keepProgress, readProgress } from './progress.js';
import { Figure, readRun, settingsOf } from './figure.js';
import { followPlaces } from './places.js';
import { followGoals, holds, writeValues } from './goals.js';
import { Curve } from './curve.js';
import { Question } from './questions.js';
import { followFigures, followOrigins } from './origins.js';
import { beginLesson } from './lesson.js';
import { beginHome } from './home.js';
import { beginInventory, csvOf } from './inventory.js';
import { FAULT_VALUES } from './fault-values.js';
import { FAULTS } from './faults.js';
import { beginTheatre } from './theatre.js';
import { offerPresenting } from './present.js';
import { OBSERVATIONS, AXES } from './observe.js';

document.documentElement.classList.add('is-live');
const lesson = document.querySelector('main.lesson:not(.faults)');
const home = document.querySelector('main.home');
if (lesson) offerPresenting(beginLesson(lesson, { observations: OBSERVATIONS, axes: AXES }));
if (home) beginHome(home);
const inventory = document.querySelector('main.inventory');
if (inventory) beginInventory(inventory);
const faults = document.querySelector('main.faults');
if (faults) beginTheatre(faults);
