/** Frames on and off a link, many at a time, without a kernel's protocol stack. */
package org.headrace.perf.generate.link;
