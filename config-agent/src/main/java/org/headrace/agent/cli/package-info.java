/**
 * The command line: {@link org.headrace.agent.cli.HeadraceTool} and one class per command. The supervisor of
 * {@code headrace run} and the wiring of the agent's process are here too.
 */
package org.headrace.agent.cli;
