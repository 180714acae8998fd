// Entry point of every page: htmx and the behaviors declared by data-attributes.
import "htmx.org/dist/htmx.esm.js";

document.documentElement.dataset.ready = "";
