objs-y += psci.o
