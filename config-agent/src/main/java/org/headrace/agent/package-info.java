/**
 * The config agent: {@link org.headrace.agent.ConfigAgent} puts configuration, health checks, the host's network and
 * the control socket together, and keeps the data plane in step with them.
 */
package org.headrace.agent;
