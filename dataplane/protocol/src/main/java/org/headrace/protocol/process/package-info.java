/** How every Headrace process behaves as a process: signals, and what ties it to its supervisor. */
package org.headrace.protocol.process;
