/**
 * Session persistence beyond the life of the data plane and of the host's boot: templates as the data plane tells them,
 * kept in a file, and loaded back into a data plane whose table is new.
 */
package org.headrace.agent.store;
