print("swarmkeeper")
