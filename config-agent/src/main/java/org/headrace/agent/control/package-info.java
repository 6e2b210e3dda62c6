/**
 * The agent's control socket: one line of JSON asks, one line of JSON answers. {@code headrace ctl} is its client; see
 * {@link org.headrace.agent.control.ControlRequest} for what can be asked.
 */
package org.headrace.agent.control;
