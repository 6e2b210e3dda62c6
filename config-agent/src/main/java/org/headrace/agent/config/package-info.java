/**
 * The configuration file: {@link org.headrace.agent.config.ConfigReader} turns YAML into
 * {@link org.headrace.agent.config.HeadraceConfig} or into a list of {@link org.headrace.agent.config.Problem}s, each
 * with file, line and column; {@link org.headrace.agent.config.ConfigDiff} tells two configurations apart.
 */
package org.headrace.agent.config;
