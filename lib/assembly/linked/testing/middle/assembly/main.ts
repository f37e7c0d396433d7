// A server between upper and lower, the same as upper.

export { init, dispatch, serve } from "../../upper/assembly/main";
