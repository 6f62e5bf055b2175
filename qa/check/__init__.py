"""Is what is there what it should be?"""
