/* The door: the component that stands in an element is made, changed or taken away. */

import { Stage } from "./stage.js";

const stages = new WeakMap();

/* Show the data in the element; null takes the component away. */
export function render(parent, data, send) {
    let stage = stages.get(parent);
    if (data === null) {
        stage?.dispose();
        stages.delete(parent);
        return;
    }
    if (!stage) {
        stage = new Stage(parent, data.key);
        stages.set(parent, stage);
    }
    stage.update(data, send);
}
