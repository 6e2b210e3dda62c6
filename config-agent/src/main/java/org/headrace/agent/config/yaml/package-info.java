/**
 * YAML as trees of {@link org.headrace.agent.config.yaml.YamlNode}s that know their places. {@code PlainYaml} reads
 * nearly every file: it knows the part of YAML that configurations are written in. Whatever is beyond it, errors among
 * it, is left to a library, by {@code LibraryYaml}.
 */
package org.headrace.agent.config.yaml;
