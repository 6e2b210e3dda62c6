/**
 * What the data plane is to do, and how it is told: {@link org.headrace.agent.publish.DesiredState} puts configuration,
 * run-time weights, health and the host's network together, {@link org.headrace.agent.publish.DataPlaneSession} keeps
 * the data plane in step with it.
 */
package org.headrace.agent.publish;
