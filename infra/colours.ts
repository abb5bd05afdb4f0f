import { createColors } from "picocolors";

/**
 * Colours only for a person: a terminal, and no NO_COLOR. Said outright, for left undefined the
 * library looks for itself, and colours the logs of every CI.
 */
export const colours = () => createColors(process.stdout.isTTY === true && !process.env.NO_COLOR);
