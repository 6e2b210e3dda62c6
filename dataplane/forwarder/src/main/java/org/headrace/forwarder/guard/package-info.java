/** Who may come, and how many: access lists, limits. */
package org.headrace.forwarder.guard;
