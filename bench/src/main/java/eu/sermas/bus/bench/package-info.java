/// How long the steps of the data path take by themselves, and what they allocate.
package eu.sermas.bus.bench;
