// As Swift's compiler writes it for `RCTAssayBridge.swift`.
#pragma once
#import <Foundation/Foundation.h>
@interface RCTAssayBridge : NSObject
- (instancetype)initWithTell:(void (^)(NSString *))tell;
- (void)ask:(NSString *)method :(NSString *)request source:(NSURL *)source answer:(void (^)(NSString *))answer;
- (void)tell:(NSString *)method :(NSString *)request;
- (void)invalidate;
@end
