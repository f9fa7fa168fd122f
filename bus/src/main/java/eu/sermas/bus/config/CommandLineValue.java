package eu.sermas.bus.config;

/// A value from the command line, which wins over the file and the environment.
///
/// @param source the option it came from, for messages
public record CommandLineValue(String key, String value, String source) {}
