package eu.sermas.bus.packet;

/// One name and value pair; names may repeat and their order is kept.
public record UserProperty(String name, String value) {}
