/** How a new connection chooses its server: one class per scheduler, IPVS's names and formulas. */
package org.headrace.forwarder.schedule;
