/**
 * Frames made by hand, put on a link and taken off it.
 */
package org.headrace.perf.wire;
