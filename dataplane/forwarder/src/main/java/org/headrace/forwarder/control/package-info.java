/** The data plane's slow side: takes configurations from the agent and hands tables to the workers. */
package org.headrace.forwarder.control;
