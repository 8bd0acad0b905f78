/* What draws a panel of each role. */

import { ChartPanel } from "./chart.js";
import { CurvePanel } from "./curve.js";
import { Panel } from "./panel.js";
import { PlanePanel } from "./plane.js";
import { ScenePanel } from "./scene.js";

export const ROLES = { plane: PlanePanel, scene: ScenePanel, curve: CurvePanel, chart: ChartPanel, plain: Panel };

/* A panel sees the paths that run in it. */
export function seenBy(panel, scene) {
    return { ...scene, tracks: scene.tracks.filter((track) => panel.plays(track)) };
}
