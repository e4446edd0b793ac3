import { cancelledOuting } from "./cancelled-outing";
import { flatDevice } from "./flat-device";
import { leftBehind } from "./left-behind";
import { lowGlucose } from "./low-glucose";
import { medicationError } from "./medication-error";
import { missedHandover } from "./missed-handover";
import { missingMoney } from "./missing-money";
import { noise } from "./noise";
import { powerCut } from "./power-cut";
import { seizure } from "./seizure";
import { smokeAlarm } from "./smoke-alarm";
import { television } from "./television";
import { vanBump } from "./van-bump";
import { wetFloor } from "./wet-floor";
import type { Scenario } from "./types";

/** Every kind of incident that the sample tells. */
export const SCENARIOS: readonly Scenario[] = [
  noise,
  cancelledOuting,
  television,
  wetFloor,
  powerCut,
  smokeAlarm,
  seizure,
  lowGlucose,
  medicationError,
  flatDevice,
  missedHandover,
  missingMoney,
  leftBehind,
  vanBump,
];
