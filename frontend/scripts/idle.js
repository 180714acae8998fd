// What no page needs at once: it is there before somebody asks for it.
import { $ } from "./core.js";
import "./dialogs.js";
import "./regions.js";

// Installed on a device, a page of ours says that the network does not answer (rapport/ui/worker.js).
if (matchMedia("(display-mode: standalone)").matches) navigator.serviceWorker?.register("/worker.js");
if ($("#palette")) import("./palette.js");
