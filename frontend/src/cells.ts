/** Tables that take part without a picture on their page. */
import { tend } from "./lib/cells.ts";

tend();
